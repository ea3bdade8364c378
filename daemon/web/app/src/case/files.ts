// Where an attachment's bytes are, and which of them a browser shows as a
// picture: those that the server sends inline.
import type { Attachment } from '../lib/types';

export const filePath = (event: number, place: number, inline: boolean): string =>
  `/api/v1/events/${event}/attachments/${place}/file${inline ? '?inline=yes' : ''}`;

const shown = /^image\/(png|jpeg|gif|webp)$/i;

export const isPicture = (f: Attachment): boolean => shown.test(f.type);
