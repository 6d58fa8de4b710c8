// Tests with a real QEMU or libvirt run a second time with the newer one, from a tree of its own: scripts/newer-debian makes
// it, scripts/test/newer-tree.mjs sets the environment. Programs and temporary folders then are the tree's by that alone.

/** These tests are to run in the tree, and there is none: why. null: they run, there or on the machine's own programs. */
export function missingNewerTree(): string | null {
  return process.env.WEIR_TEST_TREE_ABSENT ?? null
}

/** null: these tests run without a tree. */
export function treeFolder(): string | null {
  return process.env.WEIR_TEST_TREE ?? null
}

/** `text` with the names that files have for programs of the tree; without a tree as it is. */
export function textInTree(text: string): string {
  const tree = treeFolder()
  return tree === null ? text : text.replaceAll(tree, '')
}
