// The wall keeps its screen awake and hides the pointer.
if ("wall" in document.body.dataset) {
  const stayAwake = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
}
