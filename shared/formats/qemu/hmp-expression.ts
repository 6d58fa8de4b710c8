// Numbers of the human monitor, which reads an expression for each: `2*500`, `(5 + 6)`, `0x10`, `'a'`. As QEMU 7.2 and 11.1
// answer: + and - bind loosest, then & | ^, then * / %, then the signs and ~; all in 64 bits, and white space may stand
// anywhere. So `5 -1` is one number, and what looks like the next argument may belong to the one before.

export interface HmpNumbers {
  readonly values: readonly bigint[]
  /** What QEMU says against it; null: nothing. */
  readonly problem: string | null
}

class ExpressionError extends Error {}

/** `count` expressions in a row, and nothing behind them. */
export function parseHmpNumbers(text: string, count: number): HmpNumbers {
  const reader = new Reader(text)
  const values: bigint[] = []
  try {
    for (let index = 0; index < count; index += 1) values.push(reader.sum())
    return { values, problem: reader.isAtEnd() ? null : 'extraneous characters at the end of line' }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return { values, problem: error.message }
  }
}

const MAX_DEPTH = 200
const MAX_UNSIGNED = 2n ** 64n - 1n

class Reader {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  isAtEnd(): boolean {
    return this.#peek() === ''
  }

  sum(): bigint {
    return this.#chain(['+', '-'], () =>
      this.#chain(['&', '|', '^'], () => this.#chain(['*', '/', '%'], () => this.#unary())),
    )
  }

  #chain(operators: readonly string[], operand: () => bigint): bigint {
    let value = operand()
    while (operators.includes(this.#peek())) {
      const operator = this.#take()
      value = BigInt.asIntN(64, combined(operator, value, operand()))
    }
    return value
  }

  #unary(): bigint {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new ExpressionError('the expression is nested too deep')
    const value = this.#operand()
    this.#depth -= 1
    return value
  }

  #operand(): bigint {
    const sign = this.#peek()
    if (sign === '') throw new ExpressionError('unexpected end of expression')
    if (/\d/.test(sign)) return this.#number()
    if (sign === '$') throw new ExpressionError('a register, whose value is not in this text')
    this.#take()
    if (sign === '+') return this.#unary()
    if (sign === '-') return BigInt.asIntN(64, -this.#unary())
    if (sign === '~') return BigInt.asIntN(64, ~this.#unary())
    if (sign === "'") return this.#character()
    if (sign !== '(') throw new ExpressionError(`invalid char '${sign}' in expression`)
    const value = this.sum()
    if (this.#peek() !== ')') throw new ExpressionError("')' expected")
    this.#take()
    return value
  }

  #character(): bigint {
    const [char = '', end] = this.#text.slice(this.#at, this.#at + 2)
    if (end !== "'") throw new ExpressionError("missing terminating ' character")
    this.#at += 2
    return BigInt(char.charCodeAt(0))
  }

  /** Decimal, 0… (octal) or 0x…; what cannot be a digit begins the next word. */
  #number(): bigint {
    const [digits = ''] =
      /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(this.#text.slice(this.#at, this.#at + 100)) ?? []
    this.#at += digits.length
    const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
    if (value > MAX_UNSIGNED) throw new ExpressionError('number too large')
    return BigInt.asIntN(64, value)
  }

  #peek(): string {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1
    return this.#text[this.#at] ?? ''
  }

  #take(): string {
    const char = this.#peek()
    this.#at += 1
    return char
  }
}

function combined(operator: string, a: bigint, b: bigint): bigint {
  if (operator === '+') return a + b
  if (operator === '-') return a - b
  if (operator === '*') return a * b
  if (operator === '&') return a & b
  if (operator === '|') return a | b
  if (operator === '^') return a ^ b
  if (b === 0n) throw new ExpressionError('division by zero')
  return operator === '/' ? a / b : a % b
}
