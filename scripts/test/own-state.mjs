// Each test file has a state folder of its own, below that of the run: what Weir writes down of lifts and Applies must neither
// reach the user's own nor be put back by the commands of another file.
import fs from 'node:fs'
import path from 'node:path'

process.env.XDG_STATE_HOME = fs.mkdtempSync(path.join(process.env.WEIR_TEST_BUILD, 'state-'))
