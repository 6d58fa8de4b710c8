// What becomes of each of fio's options. `used` ones are read by fio-workload.ts; `harmless` ones concern fio's own reports
// and files, not the load, and are noted; all others are reported as not understood.

const USED: ReadonlySet<string> = new Set([
  'rw',
  'rwmixread',
  'rwmixwrite',
  'percentage_random',
  'bs',
  'bsrange',
  'bssplit',
  'iodepth',
  'ioengine',
  'numjobs',
  'rate',
  'rate_iops',
  'rate_process',
  'runtime',
  'time_based',
  'startdelay',
  'thinktime',
  'thinktime_blocks',
  'thinktime_iotime',
  'size',
  'filesize',
  'direct',
  'buffered',
  'filename',
  'stonewall',
  'kb_base',
  'randseed',
])

const HARMLESS: ReadonlySet<string> = new Set([
  'name',
  'description',
  'group_reporting',
  'unified_rw_reporting',
  'thread',
  'directory',
  'ramp_time',
  'invalidate',
  'create_on_open',
  'create_serialize',
  'fallocate',
  'overwrite',
  'unlink',
  'new_group',
  'per_job_logs',
  'disk_util',
  'gtod_reduce',
  'clat_percentiles',
  'lat_percentiles',
  'percentile_list',
  'randrepeat',
  'norandommap',
  'allow_file_create',
  'end_fsync',
  'refill_buffers',
  'buffer_compress_percentage',
  'zero_buffers',
  'status-interval',
])

export type FioFate = 'used' | 'harmless' | 'unknown'

export function fateOfFioOption(name: string): FioFate {
  if (USED.has(name)) return 'used'
  if (HARMLESS.has(name) || /^(write_.*_log|log_.*|.*_log_.*|cpus_allowed.*|nice|prio.*|numa_.*)$/.test(name))
    return 'harmless'
  return 'unknown'
}

/** Engines that wait for each request: their iodepth is 1, whatever the job says. */
export const SYNC_ENGINES: ReadonlySet<string> = new Set([
  'psync',
  'sync',
  'vsync',
  'pvsync',
  'pvsync2',
  'mmap',
  'falloc',
  'ftruncate',
])
