// What a case that is opened needs: the greater part of the client.
export { default as Case } from '../case/Case.svelte';
export { resume } from '../compose/sends.svelte';
export { default as Customer } from '../customer/Customer.svelte';
