import fc from 'fast-check'

// Random properties draw a new seed with each run of the tests, and the same one at a test's second try: what fails at random
// is a fault, not a busy machine, and must not pass for one. fast-check prints the seed of what fails.
fc.configureGlobal({ seed: Math.floor(Math.random() * 2 ** 31) })
