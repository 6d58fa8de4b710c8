// The tree with today's QEMU and libvirt that scripts/newer-debian makes: what a test run needs in its environment to use it.
// The programs of these names are then the tree's, and temporary folders lie in it, as their sockets and files must.
// main/qmp/testing/newer-tree.ts reads it in the tests.
import fs from 'node:fs'
import path from 'node:path'

/** Names to set beyond those of this process. Without a tree: WEIR_TEST_TREE_ABSENT, which says why. */
export function newerTreeEnvironment() {
  const tree = process.env.WEIR_NEWER_DEBIAN || '/var/tmp/newer-debian'
  const missing = missingTree(tree)
  if (missing !== null) return { WEIR_TEST_TREE_ABSENT: `skipped: no newer QEMU: ${missing}` }
  return {
    WEIR_TEST_TREE: tree,
    TMPDIR: path.join(tree, 'tmp'),
    PATH: `${path.join(tree, 'opt/weir/bin')}${path.delimiter}${process.env.PATH ?? ''}`,
  }
}

function missingTree(tree) {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (process.getuid() !== 0) return 'it runs by chroot, which needs root'
  if (!fs.existsSync(path.join(tree, '.made')))
    return process.env.WEIR_NO_NEWER_DEBIAN || 'scripts/newer-debian makes it'
  const needed = ['opt/weir/bin/virtlogd', 'proc/self', 'dev/null', 'dev/pts/ptmx']
  return needed.every((file) => fs.existsSync(path.join(tree, file)))
    ? null
    : 'its tree is not mounted; scripts/newer-debian does so'
}
