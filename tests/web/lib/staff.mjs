// What our own people answered to a survey of a test's own: of three departments two
// are shown, and what the third said takes the smaller of them with it.
import { admin, apply, change, sql, unique, using } from '../../e2e/lib/desk.mjs';

// Each department: how many were asked, and what they said.
const said = {
  sales: [9, [10, 10, 9, 9, 8, 7, 3]],
  shipping: [6, [9, 8, 8, 6, 5]],
  technical: [6, [10, 9, 9, 8, 2]],
  warehouse: [3, [9, 4]],
};

// login: whose invitations they are.  Gives the survey's name; end() takes it out of
// the configuration.
export async function staffed(login) {
  const survey = {
    name: unique('nv-'), title: 'Bạn thấy làm ở đây thế nào?', for: 'staff', every: 'quarter',
    questions: [{ name: 'diem', kind: 'nps' }],
  };
  const set = (more) => using(admin, async (wire) => {
    const { config } = await wire.ask('CONFIG.SHOW');
    const others = (config.surveys ?? []).filter((s) => s.name !== survey.name);
    await apply(wire, { ...config, surveys: [...others, ...more] });
  });
  await set([survey]);
  for (const [queue, [asked, scores]] of Object.entries(said))
    await change(
      `INSERT INTO desk.invitation (survey, occasion, staff, department, via, state, sent_at,
         expires_at)
       SELECT s.id, concat_ws('/', 'test', q.name, n), a.id, q.id, 'mail',
         CASE WHEN n = :'v4'::int THEN 'undeliverable' ELSE 'sent' END,
         now() - interval '40 days', now() + interval '1 day'
       FROM desk.survey s, desk.agent a, desk.queue q, generate_series(1, :'v4'::int) n
       WHERE s.name = :'v1' AND a.name = :'v2' AND q.name = :'v3'`,
      survey.name, login, queue, asked, `{${scores.join(',')}}`);
  for (const [queue, [, scores]] of Object.entries(said))
    await sql(
      `SELECT desk.response_put('{"who":"survey"}', i.id, jsonb_build_object('diem',
         (:'v3'::int[])[split_part(i.occasion, '/', 3)::int]), i.sent_at)
       FROM desk.invitation i JOIN desk.survey s ON s.id = i.survey
       WHERE s.name = :'v1' AND i.occasion LIKE 'test/' || :'v2' || '/%'
         AND split_part(i.occasion, '/', 3)::int <= cardinality(:'v3'::int[])
       ORDER BY i.id`, survey.name, queue, `{${scores.join(',')}}`);
  // (Nothing is told of a sending before it is over for all.)
  await change(
    `UPDATE desk.invitation i SET expires_at = now() - interval '10 days' FROM desk.survey s
     WHERE s.id = i.survey AND s.name = :'v1'`, survey.name);
  return { survey: survey.name, end: () => set([]) };
}
