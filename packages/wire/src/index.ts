export { smalti } from './generated/messages.js';
