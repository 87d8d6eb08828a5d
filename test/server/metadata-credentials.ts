import type { Authorization, Credentials } from '../../src/upstream/credentials.ts';
import { isRecord } from '../upstreams/json.ts';

/** The credentials of a machine on Google Cloud, asked of a fake metadata server; nothing of this process's environment. */
export function metadataCredentials({ GCE_METADATA_HOST: host, VERTEX_PROJECT: project = '' }: Settings): Credentials {
  const authorize = async (): Promise<Authorization> => {
    const path = '/computeMetadata/v1/instance/service-accounts/default/token';
    const answer = await fetch(`http://${host}${path}`, { headers: { 'metadata-flavor': 'Google' } });
    const grant: unknown = await answer.json();
    if (!isRecord(grant)) throw new Error('The fake metadata server gave no token.');
    return { headers: { authorization: `Bearer ${String(grant.access_token)}` }, refused: () => false };
  };
  return {
    complete: async (target) =>
      target.provider === 'vertex' ? { ...target, vertex: { project, location: 'global' } } : target,
    authorize: async (target) => (target.provider === 'vertex' ? await authorize() : undefined),
  };
}

type Settings = Readonly<Record<string, string>>;
