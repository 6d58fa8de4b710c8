// What is kept of a flow from look to look is written over in place. A host has thousands of flows and a look each second: an
// object of its own for each would live just long enough for V8 to move it to its old generation, which then grows by
// megabytes a second until all of it is gone through.

/** What is read elsewhere, to be written over by whoever keeps it. */
export type Kept<T> = { -readonly [K in keyof T]: T[K] }
