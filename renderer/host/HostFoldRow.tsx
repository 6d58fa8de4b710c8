import { ChevronRight } from 'lucide-react'
import { counted } from '#shared/counted.ts'
import { type ByteUnits, formatBps, formatIops } from '#shared/units.ts'
import { toggleQuiet } from '../store/host.ts'
import { type Fold, QUIET_IOPS } from '../store/host-quiet.ts'
import styles from './HostTable.module.css'

interface Props {
  readonly fold: Fold
  /** Among all lines, also those out of sight. */
  readonly index: number
  readonly columns: number
  readonly units: ByteUnits
}

/** The line under which quiet VMs are folded. */
export function HostFoldRow({ fold, index, columns, units }: Props) {
  return (
    <tr className={styles.fold} aria-rowindex={index + 2}>
      <td colSpan={columns}>
        <button type="button" aria-expanded={fold.isOpen} onClick={toggleQuiet}>
          <ChevronRight aria-hidden="true" /> {counted(fold.count, 'quiet VM')}
        </button>{' '}
        below {QUIET_IOPS} IOPS each, together {formatIops(fold.iops)} IOPS, {formatBps(fold.bps, units)}
      </td>
    </tr>
  )
}
