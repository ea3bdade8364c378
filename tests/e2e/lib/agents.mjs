// Agents of a test's own, who are gone when it ends.
import { admin, unique, using } from './desk.mjs';

// Runs with the logins of fresh agents, who serve sales and have a password.
export async function withAgents(roles, password, work) {
  const names = roles.map((role) => ({ name: unique(`${role}-`), role }));
  const change = (make) =>
    using(admin, async (wire) => {
      const { config, version } = await wire.ask('CONFIG.SHOW');
      await wire.ask('CONFIG.APPLY',
        JSON.stringify({ ...config, agents: make(config.agents) }), 'over', version);
    });
  await change((agents) => [
    ...agents,
    ...names.map((a) => ({ ...a, display: `Chị ${a.name}`, queues: ['sales'], skills: [] })),
  ]);
  try {
    await using(admin, async (wire) => {
      for (const a of names) await wire.ask('USER.PASSWORD', a.name, password);
    });
    return await work(...names.map((a) => a.name));
  } finally {
    await change((agents) => agents.filter((a) => !names.some((n) => n.name === a.name)));
  }
}
