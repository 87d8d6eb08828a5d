import { gcpMetadata } from 'google-auth-library';
import { type FakeGoogleAuth, type FakeGoogleAuthOptions, startFakeGoogleAuth } from './fake-google-auth.ts';
import { rerouteGoogle } from './reroute-google.ts';

/** Starts the fake and makes this process take it for Google, the metadata server included, until it is stopped. */
export async function pretendGoogle(options: FakeGoogleAuthOptions): Promise<FakeGoogleAuth> {
  const fake = await startFakeGoogleAuth(options);
  const letGo = rerouteGoogle(fake.url);
  const { GCE_METADATA_HOST: earlier } = process.env;
  setMetadataHost(fake.host);
  return {
    ...fake,
    stop: async () => {
      letGo();
      setMetadataHost(earlier);
      await fake.stop();
    },
  };
}

/** The library takes its address from the environment, and remembers whether there was one. */
function setMetadataHost(host: string | undefined): void {
  if (host === undefined) delete process.env.GCE_METADATA_HOST;
  else process.env.GCE_METADATA_HOST = host;
  gcpMetadata.resetIsAvailableCache();
}
