/** LightNode's mark. */
export function LogoMark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <path
        d="M10 1.6 17.3 5.8v8.4L10 18.4 2.7 14.2V5.8z"
        stroke="var(--ln-accent)"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
      <circle cx="10" cy="10" r="3" fill="var(--ln-accent)" />
    </svg>
  )
}
