import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The sandbox: served by the local stack at `/sandbox`, never deployed. */
export default defineConfig({
  root: "sandbox",
  base: "/sandbox/",
  publicDir: "../public",
  plugins: [react()],
  build: {
    outDir: "../dist-sandbox",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
