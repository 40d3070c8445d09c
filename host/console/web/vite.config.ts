import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** How the console is built: `vite build host/console/web --outDir ../../../dist/console`. For development, `PENSTOCK_URL` names the gateway. */
const consoleConfig = defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react()],
  build: {
    outDir: "../../../dist/console",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // The content security policy refuses data: scripts and styles; everything is a file.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": process.env["PENSTOCK_URL"] ?? "http://127.0.0.1:8080" },
  },
});

// biome-ignore lint/style/noDefaultExport: Vite asks for it
export { consoleConfig as "default" };
