import { useEffect, useRef } from 'react'
import { trailOf, useHost } from '../store/host.ts'
import { currentColors, onColorsChange } from '../styles/colors.ts'

const WIDTH = 92
const HEIGHT = 22
/** Five minutes of looks: the charts above have what was before. */
const LOOKS = 300

/** The IOPS of a VM over the last five minutes, drawn with each look. */
export function VmSpark({ id }: { readonly id: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const nowNs = useHost(({ host }) => host?.look.nowNs ?? 0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new look is a new picture
  useEffect(() => {
    const draw = () => {
      if (canvas.current) drawTrail(canvas.current, trailOf(id)?.iops.subarray(-LOOKS) ?? null)
    }
    draw()
    return onColorsChange(draw)
  }, [id, nowNs])
  return <canvas ref={canvas} style={{ width: WIDTH, height: HEIGHT, display: 'block' }} />
}

function drawTrail(canvas: HTMLCanvasElement, values: Float32Array | null): void {
  const ratio = window.devicePixelRatio
  const [width, height] = [Math.round(WIDTH * ratio), Math.round(HEIGHT * ratio)]
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  const context = canvas.getContext('2d')
  if (!context) return
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, WIDTH, HEIGHT)
  if (values === null) return
  const top = values.reduce((most, value) => (value > most ? value : most), 1) * 1.1
  const xOf = (index: number) => (index / (LOOKS - 1)) * WIDTH
  const yOf = (value: number) => HEIGHT - 1 - (value / top) * (HEIGHT - 2)
  context.beginPath()
  let isDown = false
  values.forEach((value, index) => {
    if (Number.isNaN(value)) {
      isDown = false
      return
    }
    if (isDown) context.lineTo(xOf(index), yOf(value))
    else context.moveTo(xOf(index), yOf(value))
    isDown = true
  })
  context.strokeStyle = currentColors().read
  context.lineWidth = 1.3
  context.stroke()
}
