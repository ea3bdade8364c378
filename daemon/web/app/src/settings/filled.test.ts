import { expect, it } from 'vitest';
import { filled } from './filled';

it('fills what is known, and says the other word for what is not', () => {
  const v = { customer: 'Hạnh', order: undefined };
  expect(filled('Chào {customer|chị}, đơn {order|của chị} {khac} {', v)).toBe(
    'Chào Hạnh, đơn của chị {khac} {',
  );
  expect(filled('{order}', v)).toBe('');
  expect(filled('{toString}{constructor}', v)).toBe('{toString}{constructor}');
});
