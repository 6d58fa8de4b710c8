import styles from './CardFigures.module.css'

/** Where a card's figures stand, with its line. `paintCard` writes them, past React, at the places that `data-part` names. */
export function CardFigures() {
  return (
    <>
      <div className={styles.figures}>
        <span className="num" data-metric="iops" />
        <small>IOPS</small>
        <span className={`num ${styles.second}`} data-metric="bps" />
        <small data-part="bps-unit" />
        <small className={styles.demand} data-part="demand" />
      </div>
      <div className={styles.graph}>
        <canvas />
        <small
          className={`num ${styles.share}`}
          data-part="share"
          title="An equal share of the group's limit among its busy devices, in requests of this one"
        />
      </div>
      <footer className={styles.foot}>
        <span data-part="wait">
          <span data-part="wait-label" /> <b className="num" data-metric="wait-p99-ns" />
        </span>
        <span data-part="percentiles" className={styles.percentiles} hidden />
        <span data-part="levels" className={styles.levels} hidden />
        <span data-part="queue">
          queued <b className="num" data-metric="queued" />
        </span>
        <span data-part="outstanding" hidden title="Requests in flight on average, including throttled ones">
          in flight <b className="num" data-part="outstanding-value" />
        </span>
        <span data-part="failed" className={styles.failed} hidden title="Requests that failed since Weir attached" />
        <span data-part="mean" hidden title="Estimated from QEMU's counters">
          waits ≈ <b className="num" data-part="mean-value" />
        </span>
        <span data-part="slowed" title="Share of the time in which any of its requests waited">
          slowed <b className="num" data-part="slowed-value" />
        </span>
      </footer>
    </>
  )
}
