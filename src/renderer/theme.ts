import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, rem } from '@mantine/core'
import { PatientButton } from './components/patient-button.tsx'

/** Every token of the interface: pages and components name these and have no colour, size or font of their own. */
interface Tokens {
  canvas: string
  rail: string
  surface: string
  sunken: string
  hover: string
  border: string
  'border-strong': string
  text: string
  secondary: string
  accent: string
  'accent-soft': string
  'accent-border': string
  online: string
  busy: string
  waiting: string
  failed: string
  idle: string
  'waiting-soft': string
  'waiting-border': string
  'failed-soft': string
  'failed-border': string
  'failed-text': string
  'port-free': string
  'port-free-mark': string
  'port-reserved': string
  'port-reserved-mark': string
  'port-blocked': string
  'port-blocked-mark': string
  shadow: string
}

const light: Tokens = {
  canvas: '#fcfcfd',
  rail: '#f4f5f7',
  surface: '#ffffff',
  sunken: '#f6f7f9',
  hover: '#f1f3f6',
  border: '#e4e7ec',
  'border-strong': '#cdd3dc',
  text: '#1b1f26',
  secondary: '#5a6472',
  accent: '#3454c8',
  'accent-soft': '#edf1fd',
  'accent-border': '#c3d0f7',
  online: '#1a8f55',
  busy: '#2f7fd6',
  waiting: '#c67a00',
  failed: '#d43c36',
  idle: '#8a94a3',
  'waiting-soft': '#fff8e8',
  'waiting-border': '#f1d9a3',
  'failed-soft': '#fef3f2',
  'failed-border': '#f5c7c4',
  'failed-text': '#b3261e',
  'port-free': '#edeff3',
  'port-free-mark': '#c5ccd6',
  'port-reserved': '#4263d8',
  'port-reserved-mark': '#ffffff',
  'port-blocked': '#f2b134',
  'port-blocked-mark': '#4a3200',
  shadow: '0 1px 2px rgba(20, 26, 36, 0.05)',
}

const dark: Tokens = {
  canvas: '#111316',
  rail: '#0c0e10',
  surface: '#171a1e',
  sunken: '#0f1114',
  hover: '#1f2329',
  border: '#262b32',
  'border-strong': '#3a414b',
  text: '#e4e7eb',
  secondary: '#98a2b0',
  accent: '#8ea6ff',
  'accent-soft': '#1b2340',
  'accent-border': '#33427a',
  online: '#3fbf7f',
  busy: '#5aa7f5',
  waiting: '#e0a030',
  failed: '#f0655f',
  idle: '#78828f',
  'waiting-soft': '#241d0e',
  'waiting-border': '#4d3d18',
  'failed-soft': '#2a1717',
  'failed-border': '#5a2a29',
  'failed-text': '#ff918b',
  'port-free': '#2b323b',
  'port-free-mark': '#667180',
  'port-reserved': '#5f7df2',
  'port-reserved-mark': '#0e1430',
  'port-blocked': '#c98d22',
  'port-blocked-mark': '#1e1400',
  shadow: 'none',
}

const accent: MantineColorsTuple = [
  '#edf1fd',
  '#dbe3fb',
  '#b8c7f6',
  '#8ea6ff',
  '#6c88ee',
  '#4a69d9',
  '#3f5fd4',
  '#3454c8',
  '#2b47ad',
  '#223a90',
]

const red: MantineColorsTuple = [
  '#fef3f2',
  '#fbe0de',
  '#f5c7c4',
  '#ff918b',
  '#f0655f',
  '#d13c36',
  '#cc352f',
  '#b3261e',
  '#961d17',
  '#7a1712',
]

const gray: MantineColorsTuple = [
  '#f6f7f9',
  '#f1f3f6',
  '#e4e7ec',
  '#cdd3dc',
  '#b3bbc7',
  '#8a94a3',
  '#5a6472',
  '#454d59',
  '#2e353e',
  '#1b1f26',
]

const darkTuple: MantineColorsTuple = [
  '#e4e7eb',
  '#c0c7d0',
  '#98a2b0',
  '#78828f',
  '#3a414b',
  '#262b32',
  '#1f2329',
  '#171a1e',
  '#111316',
  '#0c0e10',
]

const fontFamily =
  "system-ui, -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"
const fontFamilyMonospace =
  "ui-monospace, SFMono-Regular, Menlo, 'Cascadia Mono', Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace"

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 5 },
  colors: { accent, red, gray, dark: darkTuple },
  fontFamily,
  fontFamilyMonospace,
  fontSizes: { xs: rem(12), sm: rem(14), md: rem(14), lg: rem(16), xl: rem(20) },
  lineHeights: { xs: '1.34', sm: '1.43', md: '1.43', lg: '1.5', xl: '1.4' },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  headings: {
    fontFamily,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: rem(20), lineHeight: '1.4' },
      h2: { fontSize: rem(14), lineHeight: '1.43' },
      h3: { fontSize: rem(14), lineHeight: '1.43' },
    },
  },
  radius: { xs: rem(4), sm: rem(6), md: rem(8), lg: rem(10), xl: rem(12) },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: {
      defaultProps: { size: 'xs', component: PatientButton },
      vars: () => ({
        root: { '--button-height': rem(32), '--button-fz': rem(13), '--button-padding-x': rem(12) },
      }),
    },
    ActionIcon: {
      defaultProps: { variant: 'subtle', color: 'gray', size: 28, component: PatientButton },
      vars: () => ({ root: { '--ai-color': 'var(--ln-secondary)', '--ai-hover': 'var(--ln-hover)' } }),
    },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 120 } } },
    Menu: {
      defaultProps: { withInitialFocusPlaceholder: false, transitionProps: { duration: 120 }, shadow: 'md' },
    },
    Popover: { defaultProps: { transitionProps: { duration: 120 }, shadow: 'md' } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 140, transition: 'fade' },
        overlayProps: { backgroundOpacity: 0.4 },
        shadow: 'xl',
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: {
        content: { background: 'var(--ln-surface)', border: '1px solid var(--ln-border)' },
        header: { background: 'var(--ln-surface)' },
        title: { fontWeight: 600 },
      },
    },
    InputWrapper: {
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
      styles: { label: { marginBottom: rem(4) } },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    SegmentedControl: { defaultProps: { withItemsBorders: false } },
  },
})

const named = (tokens: Tokens): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(tokens).map(([name, value]) => [`--ln-${name}`, value])),
  '--mantine-color-body': tokens.canvas,
  '--mantine-color-text': tokens.text,
  '--mantine-color-dimmed': tokens.secondary,
  '--mantine-color-placeholder': tokens.secondary,
  '--mantine-color-default': tokens.surface,
  '--mantine-color-default-hover': tokens.hover,
  '--mantine-color-default-border': tokens['border-strong'],
  '--mantine-color-default-color': tokens.text,
  '--mantine-color-anchor': tokens.accent,
  '--mantine-color-error': tokens['failed-text'],
  '--mantine-color-gray-light-hover': tokens.hover,
})

/** The tokens as `--ln-*` variables for both schemes, and Mantine's own variables drawn from them. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {
    '--ln-mono': fontFamilyMonospace,
    '--ln-rail-width': '208px',
    '--ln-rail-narrow': '56px',
    '--ln-row': '44px',
    '--ln-cell': '18px',
    '--ln-fast': '140ms',
    '--ln-radius': '8px',
    '--ln-radius-small': '6px',
    '--ln-small': '12px',
  },
  light: named(light),
  dark: named(dark),
})
