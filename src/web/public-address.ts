import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Range = [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/** IANA's special-purpose registries, as far as ipaddr.js does not know them, and addresses that clouds use inside. */
const alsoRefused: readonly Range[] = [
  '0.0.0.0/8',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  // Azure's own services, among them one that hands out credentials.
  '168.63.129.16/32',
  // IETF protocol assignments, with Teredo, ORCHID and benchmarking in it; documentation.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
].map((range) => ipaddr.parseCIDR(range));

/** All of IPv6 that is given out to anybody. */
const givenOut = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address belongs to the public internet: global unicast, and no form that carries another address inside,
 * such as IPv4-mapped, NAT64, 6to4 or Teredo: those lead wherever that other address leads.
 */
export function isPublicAddress(address: string): boolean {
  // The library also reads `010.8.8.8`, which the system takes for a name.
  if (isIP(address) === 0 || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed.kind() === 'ipv6' && !parsed.match(givenOut)) return false;
  return !alsoRefused.some((range) => range[0].kind() === parsed.kind() && parsed.match(range));
}
