import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { VertexConfig } from '../config/config.ts';
import { publicUniverse } from '../config/vertex-host.ts';
import { ProxyError } from '../errors/proxy-error.ts';
import { isRecord } from '../messages/json.ts';

/** Where Google's credentials come from. */
export type CredentialSource = CredentialFile | MetadataServer;

export interface CredentialFile {
  readonly kind: 'file';
  readonly type: FileType;
  readonly path: string;
  /** What the user knows it by; stands in messages, which must not hold its path or its content. */
  readonly name: string;
  /** The project it belongs to, as far as it says. */
  readonly project: string | undefined;
  readonly quotaProject: string | undefined;
  /** Google's public cloud, or the domain of a sovereign one. */
  readonly universe: string;
}

/** There is no file: on Google Cloud the machine itself has an account. */
export interface MetadataServer {
  readonly kind: 'metadata';
  readonly name: string;
}

const fileTypes = [
  'service_account',
  'authorized_user',
  'external_account',
  'external_account_authorized_user',
  'impersonated_service_account',
] as const;
export type FileType = (typeof fileTypes)[number];

/** What no file of a type can be without (source: google-auth-library). */
const requiredFields: Readonly<Record<FileType, readonly string[]>> = {
  service_account: ['client_email', 'private_key'],
  authorized_user: ['client_id', 'client_secret', 'refresh_token'],
  external_account: ['audience', 'subject_token_type', 'credential_source'],
  external_account_authorized_user: ['client_id', 'client_secret', 'refresh_token'],
  impersonated_service_account: ['service_account_impersonation_url', 'source_credentials'],
};

const spokenTypes: Readonly<Record<FileType, string>> = {
  service_account: 'service account key',
  authorized_user: 'gcloud login',
  external_account: 'workload identity federation',
  external_account_authorized_user: 'workforce login',
  impersonated_service_account: 'impersonated service account',
};

const maxFileBytes = 256 * 1024;

/**
 * Looks for credentials where Google's tools do: the file of GOOGLE_APPLICATION_CREDENTIALS, then gcloud's own, then
 * the metadata server. Reads at most one small file and never the network, so that a start may wait for it. Throws
 * `credential-missing` where a file is there, or should be, and cannot be used.
 */
export function findCredentialSource({ file, gcloudDirectory }: VertexConfig['credentials']): CredentialSource {
  if (file !== undefined) return readFile(file, 'the file of GOOGLE_APPLICATION_CREDENTIALS');
  const path = join(gcloudDirectory ?? usualGcloudDirectory(), 'application_default_credentials.json');
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return readFile(path, "gcloud's credential file");
  return { kind: 'metadata', name: 'the metadata server' };
}

/** What can be said of the credentials for Vertex AI without waiting for the network: a line to show, or what is wrong. */
export function surveyCredentials({ credentials, project }: VertexConfig): CredentialSurvey {
  try {
    const source = findCredentialSource(credentials);
    if (source.kind === 'metadata') {
      return { found: 'no credential file; on Google Cloud the account of this machine', project };
    }
    return { found: `${spokenTypes[source.type]} in ${source.path}`, project: project ?? source.project };
  } catch (error) {
    if (error instanceof ProxyError) return { problem: error.message };
    throw error;
  }
}

export type CredentialSurvey =
  | { readonly found: string; readonly project: string | undefined }
  | { readonly problem: string };

function usualGcloudDirectory(): string {
  return process.platform === 'win32'
    ? join(homedir(), 'AppData', 'Roaming', 'gcloud')
    : join(homedir(), '.config', 'gcloud');
}

function readFile(path: string, name: string): CredentialFile {
  const content = parseFile(path, name);
  const type = typeOf(content, name);
  const missing = requiredFields[type].find((field) => content[field] === undefined);
  if (missing !== undefined) throw unusable(name, `it has no ${missing}`);
  return {
    kind: 'file',
    type,
    path,
    name,
    project: projectOf(content),
    quotaProject: textOf(content.quota_project_id),
    universe: textOf(content.universe_domain) ?? publicUniverse,
  };
}

function parseFile(path: string, name: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw unusable(name, 'it is no file');
    if (stat.size > maxFileBytes) throw unusable(name, `it has more than ${maxFileBytes} bytes`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ProxyError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw unusable(name, code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`);
  }
  try {
    const content: unknown = JSON.parse(text);
    if (isRecord(content)) return content;
  } catch {
    // What a parser says of a text may hold a piece of it, and this one holds a key.
  }
  throw unusable(name, 'it holds no JSON object');
}

function typeOf({ type }: Readonly<Record<string, unknown>>, name: string): FileType {
  for (const known of fileTypes) if (type === known) return known;
  throw unusable(name, `its type is none of ${fileTypes.join(', ')}`);
}

/** The project a file speaks of, from the surest sign to the weakest. Vertex AI takes its number as well as its id. */
function projectOf(content: Readonly<Record<string, unknown>>): string | undefined {
  const pool = /\/projects\/(\d+)\//.exec(textOf(content.audience) ?? '')?.[1];
  const impersonated = /@([a-z0-9-]+)\.iam\.gserviceaccount\.com:/.exec(
    textOf(content.service_account_impersonation_url) ?? '',
  )?.[1];
  return textOf(content.project_id) ?? pool ?? impersonated ?? textOf(content.quota_project_id);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function unusable(name: string, why: string): ProxyError {
  return new ProxyError(
    'credential-missing',
    `Vertex AI needs Google credentials, and ${name} cannot be used: ${why}. Run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file.`,
  );
}
