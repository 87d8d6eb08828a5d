import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** All of IPv6 that is given out to anybody. */
const givenOut = ipaddr.parseCIDR('2000::/3');
/** Azure's own services, one of which hands out credentials, answer every machine there at an address like any other. */
const insideAzure = '168.63.129.16';

/**
 * Whether an address belongs to the public internet: global unicast, and no form that carries another address inside,
 * such as IPv4-mapped, NAT64, 6to4 or Teredo: those lead wherever that other address leads. The special blocks are those
 * of IANA's registries, which ipaddr.js knows.
 */
export function isPublicAddress(address: string): boolean {
  // The library also reads `010.8.8.8`, which the system takes for a name.
  if (isIP(address) === 0 || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv6' && !parsed.match(givenOut)) return false;
  return parsed.range() === 'unicast' && address !== insideAzure;
}
