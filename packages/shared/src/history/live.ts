/**
 * Whether messages of such a group are not kept by the platform: there is no history to ask (10044, intl 34971).
 * Old and new names of the types occur side by side.
 */
export function isLive(groupType: string): boolean {
  return groupType === 'AVChatRoom' || groupType === 'Live';
}
