/** Where Google's services are, for everybody but the users of a sovereign cloud. */
export const publicUniverse = 'googleapis.com';

/**
 * The base URL of Vertex AI at a location. Multi-regions have hosts of a form of their own, and a sovereign cloud has
 * its own domain (source: Google's SDK).
 */
export function vertexHost(location: string, universe: string = publicUniverse): string {
  if (location === 'global') return `https://aiplatform.${universe}`;
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.${universe}`;
  return `https://${location}-aiplatform.${universe}`;
}
