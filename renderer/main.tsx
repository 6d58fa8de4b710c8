import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './styles/tokens.css'
import './styles/chart-colors.css'
import './styles/base.css'
import { CSPProvider } from '@base-ui/react/csp-provider'
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
    {/* The page's policy refuses style elements; what Base UI would write there it can do without. */}
    <CSPProvider disableStyleElements>
      <App />
    </CSPProvider>
  </StrictMode>,
)
