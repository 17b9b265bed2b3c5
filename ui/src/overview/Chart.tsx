import { useComputedColorScheme } from '@mantine/core';
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as Drawing,
  Legend,
  LinearScale,
  Tooltip as Values,
} from 'chart.js';
import { useEffect, useRef } from 'react';

Drawing.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Values);

export type Series = { name: string; color: string; values: number[] };

type Props = { days: string[]; series: Series[]; height: number; label: string };

/** Bars of several series by day, in the console's colours. */
export default function Chart({ days, series, height, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useComputedColorScheme() === 'dark';
  useEffect(() => {
    if (!canvas.current) {
      return;
    }
    const text = dark ? '#b7bdcc' : '#4a5168';
    const lines = dark ? '#2e3340' : '#e3e6ef';
    const drawing = new Drawing(canvas.current, {
      type: 'bar',
      data: {
        labels: days,
        datasets: series.map(({ name, color, values }) => ({
          label: name,
          data: values,
          backgroundColor: color,
          maxBarThickness: 26,
        })),
      },
      options: {
        maintainAspectRatio: false,
        animation: false,
        color: text,
        font: { family: getComputedStyle(canvas.current).fontFamily },
        interaction: { mode: 'index', intersect: false },
        plugins: { legend: { align: 'start', labels: { boxWidth: 12, boxHeight: 8, color: text } } },
        scales: {
          x: { grid: { display: false }, border: { display: false }, ticks: { color: text, maxRotation: 0 } },
          y: {
            beginAtZero: true,
            border: { display: false },
            grid: { color: lines },
            ticks: { color: text, precision: 0, maxTicksLimit: 5 },
          },
        },
      },
    });
    return () => drawing.destroy();
  }, [days, series, dark]);
  return (
    <div style={{ height, position: 'relative' }}>
      <canvas ref={canvas} role="img" aria-label={label} />
    </div>
  );
}
