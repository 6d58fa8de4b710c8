// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { paintCard } from './paint-card.ts'

test('before anything was measured a card shows no figures, not zeros', () => {
  const root = document.createElement('div')
  root.innerHTML = `<b data-metric="iops"></b> <b data-metric="bps"></b> <b data-metric="wait-p99-ns"></b>
    <b data-metric="queued"></b> <b data-part="slowed-value"></b>`
  paintCard(root, null, { id: 'db', width: 100, units: 'binary' })
  expect([...root.querySelectorAll('b')].map(({ textContent }) => textContent)).toEqual(['–', '–', '–', '–', '–'])
})
