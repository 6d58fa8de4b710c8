import { expect, type Locator, type Page } from '@playwright/test'

// The board by its accessible names, which assistive technology relies on too. Tests say what a user does and sees.

export type Metric = 'iops' | 'bps' | 'queued' | 'wait-p99-ns' | 'bucket-level' | 'token'

export class BoardPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  lane(group: string): Locator {
    return this.page.getByRole('region', { name: `Throttle group ${group}`, exact: true })
  }

  get freeLane(): Locator {
    return this.page.getByRole('region', { name: 'Not throttled', exact: true })
  }

  card(device: string): Locator {
    return this.page.getByRole('article', { name: device, exact: true })
  }

  handle(device: string): Locator {
    return this.page.getByRole('button', { name: `Move ${device}`, exact: true })
  }

  limits(group: string): Locator {
    return this.page.getByRole('complementary', { name: `Limits of ${group}`, exact: true })
  }

  slider(name: string): Locator {
    return this.page.getByRole('slider', { name, exact: true })
  }

  field(name: string): Locator {
    return this.page.getByRole('textbox', { name: `${name} value`, exact: true })
  }

  button(name: 'Start' | 'Pause' | 'Resume' | 'Reset' | 'Undo' | 'Redo' | 'Export'): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  dockTab(name: 'Timeline' | 'QMP tape' | 'Events'): Locator {
    return this.page.getByRole('tab', { name, exact: true })
  }

  /** Resolves when the board shows lanes. */
  async shown(): Promise<void> {
    await this.page
      .getByRole('region', { name: /^Throttle group / })
      .first()
      .waitFor()
  }

  /** Number of the snapshot that the board shows. */
  async revision(): Promise<number> {
    return Number(await this.page.locator('[data-revision]').first().getAttribute('data-revision'))
  }

  /** Resolves when a newer snapshot than now is shown `count` times. */
  async snapshots(count: number): Promise<void> {
    const from = await this.revision()
    await expect.poll(() => this.revision(), { intervals: [20] }).toBeGreaterThanOrEqual(from + count)
  }

  /** The raw text of a measured value inside a card or lane. */
  async metricText(inside: Locator, metric: Metric): Promise<string> {
    return (await inside.locator(`[data-metric="${metric}"]`).first().getAttribute('data-value')) ?? ''
  }

  async metric(inside: Locator, metric: Metric): Promise<number> {
    return Number(await this.metricText(inside, metric))
  }

  /** Mean of a measured value over `count` snapshots, one reading each. */
  async meanMetric(inside: Locator, metric: Metric, count: number): Promise<number> {
    let sum = 0
    for (let reading = 0; reading < count; reading += 1) {
      await this.snapshots(1)
      sum += await this.metric(inside, metric)
    }
    return sum / count
  }

  /** Drags a card onto a lane with the mouse. */
  async drag(device: string, lane: Locator): Promise<void> {
    const from = await this.handle(device).boundingBox()
    const to = await lane.boundingBox()
    if (!from || !to) throw new Error(`${device} or the lane is not on the screen`)
    const { mouse } = this.page
    await mouse.move(from.x + from.width / 2, from.y + from.height / 2)
    await mouse.down()
    // Sensors wait for a few pixels before they call it a drag; lanes follow the pointer in between.
    await mouse.move(from.x + from.width / 2 + 12, from.y + from.height / 2 + 12, { steps: 4 })
    await mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 12 })
    await mouse.up()
  }
}
