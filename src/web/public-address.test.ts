import { expect, test } from 'bun:test';
import { isPublicAddress } from './public-address.ts';

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001::1',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

/** Of each block of IANA's special-purpose registries one address or two, and what clouds use inside. */
const refused: readonly (readonly [what: string, ...addresses: string[]])[] = [
  ['this network', '0.0.0.0', '0.1.2.3'],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ['shared behind a carrier', '100.64.0.1', '100.100.100.200', '100.127.255.255'],
  ['loopback', '127.0.0.1', '127.255.255.255', '::1'],
  ['link local, and the metadata servers there', '169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
  ['protocol assignments', '192.0.0.1', '192.0.0.192', '2001::1', '2001:1::1'],
  ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  ['AS112', '192.31.196.1', '192.175.48.1', '2620:4f:8000::1'],
  ['relays', '192.52.193.1', '192.88.99.1', '2002:808:808::1', '2001:0:808:808::1'],
  ['benchmarks', '198.18.0.1', '198.19.255.255', '2001:2::1'],
  ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1'],
  ['reserved', '240.0.0.1', '255.255.255.255', '4000::1', '5f00::1'],
  ['another address inside', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::8.8.8.8', '64:ff9b::8.8.8.8', '64:ff9b:1::1'],
  ['unspecified and discarded', '::', '100::1'],
  ['unique local', 'fc00::1', 'fd00:ec2::254', 'fec0::1'],
  ['inside Azure', '168.63.129.16'],
  ['no address', '', 'nonsense', '1', '127.1', '0x7f.1', '2130706433', '010.8.8.8', '8.8.8.8 ', '[::1]'],
];
test.each(refused.map(([what, ...addresses]) => ({ what, addresses })))('$what is not', ({ addresses }) => {
  expect(addresses.filter(isPublicAddress)).toEqual([]);
});
