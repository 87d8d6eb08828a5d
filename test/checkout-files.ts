import { execFileSync } from 'node:child_process';

/** The files of the checkout, committed or not, less what git ignores. */
export function filesOf(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
  return listed.toString().split('\n').filter(Boolean);
}
