import type { Format, OptionSpec } from '#shared/formats/format.ts'
import { Select, type SelectOption } from '../ui/Select.tsx'
import { TextField } from '../ui/TextField.tsx'
import styles from './ExportOptions.module.css'
import { type Choices, chosenValue, type Origins } from './export-model.ts'

interface Props {
  readonly format: Format
  readonly choices: Choices
  readonly origins: Origins
  readonly onChoose: (key: OptionSpec['key'], value: string) => void
  readonly onLoadFile: () => Promise<boolean>
}

/** What a format wants to know: drawn from its own description of its options. */
export function ExportOptions({ format, choices, origins, onChoose, onLoadFile }: Props) {
  if (format.options.length === 0) return null
  return (
    <div className={styles.options}>
      {format.options.map((spec) => (
        <div key={spec.key} className={styles.option} title={spec.help}>
          <span className={styles.label}>{spec.label}</span>
          <Control
            spec={spec}
            value={chosenValue(format, spec, choices, origins)}
            origins={origins}
            onChange={(value) => onChoose(spec.key, value)}
            onLoadFile={onLoadFile}
          />
        </div>
      ))}
    </div>
  )
}

interface ControlProps {
  readonly spec: OptionSpec
  readonly value: string
  readonly origins: Origins
  readonly onChange: (value: string) => void
  readonly onLoadFile: () => Promise<boolean>
}

function Control({ spec, value, origins, onChange, onLoadFile }: ControlProps) {
  if (spec.kind === 'text') {
    return <TextField label={spec.label} value={value} onChange={onChange} placeholder={spec.help} />
  }
  if (spec.kind === 'choice') {
    return (
      <Select
        label={spec.label}
        value={value}
        options={spec.choices}
        onChange={onChange}
        placeholder="Choose…"
        size="s"
      />
    )
  }
  const change = (next: string) => {
    if (next !== 'file') onChange(next)
    else void onLoadFile().then((loaded) => loaded && onChange('file'))
  }
  return <Select label={spec.label} value={value} options={originOptions(origins)} onChange={change} size="s" />
}

function originOptions(origins: Origins): readonly SelectOption<string>[] {
  return [
    {
      value: 'saved',
      label: 'The last saved version',
      ...(origins.saved ? {} : { hint: 'This workspace has not been saved yet', disabled: true }),
    },
    ...(origins.vm ? [{ value: 'vm', label: 'What the VM runs now' }] : []),
    { value: 'file', label: origins.file ? `The file ${origins.file.name}` : 'Another workspace file…' },
  ]
}
