import { createTheme } from '@mantine/core';

export const theme = createTheme({
  // The system's fonts: nothing is loaded from elsewhere.
  fontFamily: 'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  headings: { fontFamily: 'inherit' },
  primaryColor: 'blue',
  // Dark enough for white text on it (WCAG AA).
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'sm',
  respectReducedMotion: true,
});
