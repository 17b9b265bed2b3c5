/** A share in words: never "100 %" while something is missing, nor "0 %" while something is there. */
export function percent(share: number): string {
  if (share > 0 && share < 0.1) {
    return '< 0.1 %';
  }
  if (share > 99.9 && share < 100) {
    return '> 99.9 %';
  }
  return `${share.toFixed(share === 0 || share === 100 ? 0 : 1)} %`;
}
