/** The CPU time of a process, its threads and its PostgreSQL so far, by what they do. Linux reports it in /proc. */
import { readdirSync, readFileSync } from 'node:fs';

export const parts = ['functions', 'hashing and crypto', 'compiling and GC', 'gateway and AWS', 'PostgreSQL'] as const;
export type Part = (typeof parts)[number];
/** Milliseconds. */
export type CpuTime = Readonly<Record<Part, number>>;

/** USER_HZ is 100 wherever Node runs; see proc_pid_stat(5). */
const MILLISECONDS_A_TICK = 10;

/** What Node and V8 call their threads; the others have the process's own name. */
const threads: Readonly<Record<string, Part>> = {
  WorkerThread: 'functions',
  'libuv-worker': 'hashing and crypto',
  V8Worker: 'compiling and GC',
};

interface Stat {
  readonly name: string;
  readonly parent: number;
  readonly milliseconds: number;
}

/** @param pid a host's, whose children are PostgreSQL. Without worker threads all JavaScript counts as the gateway's */
export function cpuTimeOf(pid: number): CpuTime {
  const sum = Object.fromEntries(parts.map((part) => [part, 0])) as Record<Part, number>;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const { name = '', milliseconds = 0 } = statOf(`/proc/${pid}/task/${thread}/stat`) ?? {};
    sum[threads[name] ?? 'gateway and AWS'] += milliseconds;
  }
  for (const child of descendantsOf(pid)) sum.PostgreSQL += child.milliseconds;
  return sum;
}

function descendantsOf(pid: number): Stat[] {
  const all = readdirSync('/proc').flatMap((entry) => {
    const stat = /^\d+$/.test(entry) ? statOf(`/proc/${entry}/stat`) : undefined;
    return stat ? [{ pid: Number(entry), ...stat }] : [];
  });
  const below = (parent: number): typeof all => {
    const children = all.filter((one) => one.parent === parent);
    return [...children, ...children.flatMap((child) => below(child.pid))];
  };
  return below(pid);
}

/** Undefined for a process or thread that has ended meanwhile. */
function statOf(file: string): Stat | undefined {
  try {
    const stat = readFileSync(file, 'utf8');
    // The name is in parentheses, and may itself hold parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return {
      name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      parent: Number(fields[1]),
      milliseconds: ticks * MILLISECONDS_A_TICK,
    };
  } catch {
    return undefined;
  }
}
