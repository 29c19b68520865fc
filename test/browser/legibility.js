/** In a page: sizes in pixels, and the least contrast of a text with what is painted behind it (WCAG 2.2, 1.4.3). */
(() => {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color)
      .slice(0, 3)
      .map((value) => value / 255)
      .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const isClear = (color) => channels(color)[3] === 0;
  const ground = (element) => {
    if (!element) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return isClear(backgroundColor) ? ground(element.parentElement) : backgroundColor;
  };
  const contrast = (element) => {
    const both = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  };
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');
  const texts = [...document.querySelectorAll('body *')].filter(hasText);
  return {
    brokenImages: [...document.images].filter((image) => image.naturalWidth === 0).length,
    widest: document.documentElement.scrollWidth,
    smallestText: Math.min(...texts.map((element) => Number.parseFloat(getComputedStyle(element).fontSize))),
    worstContrast: Math.min(...texts.map(contrast)),
  };
})();
