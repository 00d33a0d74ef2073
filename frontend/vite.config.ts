import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The workbench: what Amplify deploys and the local stack serves at `/`. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    target: "es2022",
    sourcemap: false,
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: { port: 5173, proxy: { "/api": "http://127.0.0.1:8787", "/config.json": "http://127.0.0.1:8787" } },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}", "sandbox/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
