// Loaded before the proxy's own code: its calls to Google's token services go to a fake, and none leaves the machine.
import { rerouteGoogle } from './upstreams/google-auth/reroute-google.ts';

rerouteGoogle(process.env.FAKE_GOOGLE_AUTH ?? '');
