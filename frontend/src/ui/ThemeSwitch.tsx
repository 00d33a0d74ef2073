import { IconButton } from "./Button.tsx";
import { setTheme, type Theme, useTheme } from "./theme.ts";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const NAMES: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };
const ICONS = { system: "system", light: "sun", dark: "moon" } as const;

/** Goes through system, light and dark. */
export function ThemeSwitch() {
  const theme = useTheme();
  return (
    <IconButton
      icon={ICONS[theme]}
      label={`Theme: ${NAMES[theme]}; change to ${NAMES[NEXT[theme]]}`}
      onClick={() => setTheme(NEXT[theme])}
    />
  );
}
