// Runs before the first paint, so that a chosen theme never flashes the other one. The name carries a version
// because files under assets/ are cached for good.
(() => {
  try {
    const theme = localStorage.getItem("tributary.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is switched off: the system's theme it is.
  }
})();
