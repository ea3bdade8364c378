import { expect, it } from 'vitest';
import { line, points, type Walked } from './journey';

const stage = (name: string, steps: number, mean?: number): Walked => ({
  name,
  vi: name,
  en: name,
  steps,
  ...(mean === undefined ? {} : { mood: { n: 1, mean } }),
});
const stages = [stage('a', 2, 1), stage('b', 0), stage('c', 1), stage('d', 3, -0.5)];

it('puts stages from edge to edge, as high as the feeling is good', () => {
  expect(points(stages, 'd', 258)).toEqual([
    { x: 14, y: 12, at: 'been', upset: false },
    { x: 90.7, y: 30, at: 'not', upset: false },
    { x: 167.3, y: 30, at: 'been', upset: false },
    { x: 244, y: 39, at: 'now', upset: true },
  ]);
  expect(points([stage('a', 1)], 'a', 258)[0]?.x).toBe(14);
});

it('draws the line through what is known alone', () => {
  expect(line(stages, points(stages, 'd', 258))).toBe('M14 12L244 39');
  expect(line([stage('a', 1)], points([stage('a', 1)], 'a', 258))).toBe('');
});
