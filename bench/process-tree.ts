import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second on every machine Bun runs on. */
const ticksPerSecond = 100;

export interface Memory {
  /** Resident, shared pages counted in full. */
  readonly rssMegabytes: number;
  /** Resident, each shared page divided by how many share it. */
  readonly pssMegabytes: number;
}

/** Milliseconds of processor time of a process and everything below it, ended children included. */
export function treeCpuMs(root: number): number {
  let ticks = 0;
  for (const pid of treeOf(root)) {
    const fields = statFields(pid);
    // utime, stime, cutime, cstime: fields 14 to 17 of proc(5), here counted from the one after the name.
    for (const index of [11, 12, 13, 14]) ticks += Number(fields?.[index] ?? 0);
  }
  return (ticks * 1000) / ticksPerSecond;
}

export function treeMemory(root: number): Memory {
  let rss = 0;
  let pss = 0;
  for (const pid of treeOf(root)) {
    const rollup = readText(`/proc/${pid}/smaps_rollup`) ?? '';
    rss += Number(/^Rss: +(\d+)/m.exec(rollup)?.[1] ?? 0);
    pss += Number(/^Pss: +(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return { rssMegabytes: rss / 1024, pssMegabytes: pss / 1024 };
}

/** A process and everything below it. */
export function treeOf(root: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = Number(statFields(pid)?.[1] ?? 0);
    const siblings = childrenOf.get(parent);
    if (siblings === undefined) childrenOf.set(parent, [pid]);
    else siblings.push(pid);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(childrenOf.get(pid) ?? []));
  return tree;
}

/** The fields after the command's name, which may itself hold spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // The process ended between the listing and the look.
  }
}

/** Processor time of each thread of one process, the busiest first. */
export function threadCpuMs(pid: number): { name: string; ms: number }[] {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => {
      const stat = readText(`/proc/${pid}/task/${thread}/stat`) ?? '';
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
      return { name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')), ms: (ticks * 1000) / ticksPerSecond };
    })
    .sort((one, other) => other.ms - one.ms);
}
