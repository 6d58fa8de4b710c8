import type { GroupSnapshot, Snapshot } from '#shared/snapshot.ts'

// What must hold in every snapshot, whatever was edited meanwhile. A snapshot is taken without stopping anybody, so a
// group may be caught in the middle of a change; what is broken must be broken in two readings running to count. A stale
// group was not read.

/** `${group or device}: …`. */
export function brokenIn(snapshot: Snapshot, before: Snapshot | null): readonly string[] {
  return [
    ...orderBreaches(snapshot, before),
    ...Object.entries(snapshot.groups).flatMap(([name, group]) => groupBreaches(name, group, snapshot)),
    ...deviceBreaches(snapshot),
  ]
}

function orderBreaches(snapshot: Snapshot, before: Snapshot | null): readonly string[] {
  if (before === null) return []
  const isReset = snapshot.nowNs < before.nowNs
  return [
    ...(snapshot.revision === before.revision + 1 ? [] : [`revision ${before.revision} → ${snapshot.revision}`]),
    ...(isReset && snapshot.state !== 'stopped' ? [`time ran back to ${snapshot.nowNs}`] : []),
    ...(snapshot.appliedRevision >= before.appliedRevision ? [] : ['an older workspace is in force']),
  ]
}

function groupBreaches(name: string, group: GroupSnapshot, snapshot: Snapshot): readonly string[] {
  if (group.stale) return []
  const breaches: string[] = []
  const ring = group.ring ?? []
  if (new Set(ring).size !== ring.length) breaches.push(`${name}: a member is in the ring twice`)
  if ([...ring].sort().join() !== [...group.members].sort().join()) {
    breaches.push(`${name}: ring ${[...ring].sort().join()} is not members ${[...group.members].sort().join()}`)
  }
  for (const way of ['read', 'write'] as const) {
    const { token, timerInNs, queued } = group[way]
    if (ring.length > 0 && (token === null || !ring.includes(token))) breaches.push(`${name}: ${way} token at ${token}`)
    if ((queued ?? 0) > 0 && timerInNs === null) breaches.push(`${name}: ${queued} ${way}s wait and no timer runs`)
    if ((queued ?? 0) < 0) breaches.push(`${name}: ${queued} ${way}s queued`)
    if (snapshot.state === 'running') continue
    const sum = group.members.reduce((total, id) => total + (snapshot.devices[id]?.[way].queued ?? 0), 0)
    if (sum !== queued) breaches.push(`${name}: ${queued} ${way}s queued, ${sum} in its members`)
  }
  for (const [bucket, { level, burstLevel }] of Object.entries(group.buckets)) {
    if (!(level >= 0) || (burstLevel !== null && !(burstLevel >= 0))) breaches.push(`${name}: ${bucket} level ${level}`)
  }
  return breaches
}

function deviceBreaches(snapshot: Snapshot): readonly string[] {
  return Object.entries(snapshot.devices).flatMap(([id, device]) => [
    ...(device.status === 'failed' ? [`${id}: failed, ${device.reason}`] : []),
    ...(device.group !== null && !snapshot.groups[device.group]?.members.includes(id) ? [`${id}: in no lane`] : []),
    ...(['read', 'write'] as const).flatMap((way) => {
      const { requests, bytes, iops } = device[way]
      return requests >= 0 && bytes >= requests && iops >= 0 ? [] : [`${id}: ${requests} ${way}s of ${bytes} bytes`]
    }),
  ])
}

/** Those of `suspects` that are about groups which were not read this time: nothing is known of them yet. */
export function undecided(suspects: ReadonlySet<string>, { groups }: Snapshot): readonly string[] {
  return [...suspects].filter((suspect) => groups[suspect.slice(0, suspect.indexOf(': '))]?.stale === true)
}
