import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnownCredentials } from './auth-rules.ts';

export interface TestCredentials {
  readonly known: KnownCredentials;
  /** A directory of its own; also an empty one for CLOUDSDK_CONFIG. */
  readonly directory: string;
  /** Writes a file and gives its path. */
  write(name: string, content: unknown): string;
  /** The content of a file of each type, for a fake at this URL. */
  files(url: string): Readonly<Record<FileKind, Readonly<Record<string, unknown>>>>;
  remove(): void;
}

export type FileKind =
  | 'service_account'
  | 'authorized_user'
  | 'external_account (file)'
  | 'external_account (URL)'
  | 'external_account (impersonating)'
  | 'impersonated_service_account';

/** Credentials that exist for one test run only: nothing that looks like a key stands in a file of the project. */
export function makeTestCredentials(): TestCredentials {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const known: KnownCredentials = {
    project: 'metadata-project',
    serviceAccount: 'proxy@key-project.iam.gserviceaccount.com',
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    clientId: 'test-client',
    clientSecret: 'not-a-secret',
    refreshToken: 'refresh-1',
    audience: '//iam.googleapis.com/projects/123456/locations/global/workloadIdentityPools/pool/providers/test',
    subjectToken: 'token-from-elsewhere',
    impersonated: 'other@acted-for.iam.gserviceaccount.com',
  };
  const directory = mkdtempSync(join(tmpdir(), 'ccp-google-'));
  const write = (name: string, content: unknown): string => {
    const path = join(directory, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  const authorizedUser = {
    type: 'authorized_user',
    client_id: known.clientId,
    client_secret: known.clientSecret,
    refresh_token: known.refreshToken,
    quota_project_id: 'quota-project',
  };
  return {
    known,
    directory,
    write,
    files(url) {
      const actingFor = `${url}/v1/projects/-/serviceAccounts/${known.impersonated}:generateAccessToken`;
      const external = {
        type: 'external_account',
        audience: known.audience,
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${url}/v1/token`,
      };
      const fromFile = { file: write('subject-token', known.subjectToken) };
      const fromUrl = {
        url: `${url}/subject-token`,
        headers: { 'x-identity': 'workload' },
        format: { type: 'json', subject_token_field_name: 'id_token' },
      };
      return {
        service_account: {
          type: 'service_account',
          project_id: 'key-project',
          client_email: known.serviceAccount,
          private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        },
        authorized_user: authorizedUser,
        'external_account (file)': { ...external, credential_source: fromFile },
        'external_account (URL)': { ...external, credential_source: fromUrl },
        'external_account (impersonating)': {
          ...external,
          credential_source: fromFile,
          service_account_impersonation_url: actingFor,
        },
        impersonated_service_account: {
          type: 'impersonated_service_account',
          delegates: [],
          service_account_impersonation_url: actingFor,
          source_credentials: authorizedUser,
        },
      };
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}
