import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './styles/tokens.css'
import './styles/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { assert } from '#shared/assert.ts'
import { App } from './App.tsx'
import { connectBridge } from './bridge/connect.ts'

const root = document.getElementById('root')
assert(root !== null, 'index.html has the root element')

connectBridge()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
