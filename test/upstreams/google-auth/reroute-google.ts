/** The hosts that google-auth-library calls whatever a credential file says. */
const rerouted = new Set(['oauth2.googleapis.com', 'iamcredentials.googleapis.com', 'sts.googleapis.com']);

let destination: string | undefined;
let isGuarding = false;

/** From now on calls to Google's token services go to a fake at this URL. Gives what ends that. */
export function rerouteGoogle(url: string): () => void {
  destination = url;
  guard();
  return () => {
    destination = undefined;
  };
}

/** For good: the library repeats calls in the background, and those of a test that is over must not leave the machine. */
function guard(): void {
  if (isGuarding) return;
  isGuarding = true;
  const network = globalThis.fetch;
  const guarded = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const wanted = new URL(input instanceof Request ? input.url : input);
    const { hostname, pathname, search } = wanted;
    if (rerouted.has(hostname) && destination !== undefined) return network(destination + pathname + search, init);
    if (hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost') return network(input, init);
    return Promise.reject(new Error(`A test must not call ${hostname}.`));
  };
  globalThis.fetch = Object.assign(guarded, { preconnect: network.preconnect });
}
