/** One element of a `MsgBody` (page: Message Formats, intl 33527). */
export interface MessageElement {
  readonly MsgType: string;
  readonly MsgContent: Readonly<Record<string, unknown>>;
}

/** One message inside a merged (forwarded) one. */
export interface RelayedMessage {
  readonly From_Account: string;
  readonly GroupId: string;
  readonly MsgSeq: number;
  readonly MsgRandom: number;
  readonly MsgTimeStamp: number;
  readonly MsgBody: readonly MessageElement[];
  readonly CloudCustomData?: string;
}

const mediaHost = 'https://media.example.com';

/** Builders for every element type that the platform documents; sizes in bytes, lengths in seconds. */
export const elements = {
  text: (text: string): MessageElement => element('TIMTextElem', { Text: text }),

  face: (index: number, data = '[smile]'): MessageElement => element('TIMFaceElem', { Index: index, Data: data }),

  location: (desc: string, latitude: number, longitude: number): MessageElement =>
    element('TIMLocationElem', { Desc: desc, Latitude: latitude, Longitude: longitude }),

  /** `data` that is no string goes in as JSON text: that is how apps carry their own cards. */
  custom: (data: unknown, desc = '', ext = '', sound = ''): MessageElement =>
    element('TIMCustomElem', {
      Data: typeof data === 'string' ? data : JSON.stringify(data),
      Desc: desc,
      Ext: ext,
      Sound: sound,
    }),

  sound: (uuid: string, seconds: number, size = seconds * 6_000): MessageElement =>
    element('TIMSoundElem', {
      Url: `${mediaHost}/sound/${uuid}`,
      UUID: uuid,
      Size: size,
      Second: seconds,
      Download_Flag: 2,
    }),

  /** The original, the large and the thumbnail version, as the platform lists them. */
  image: (uuid: string, width = 1920, height = 1080): MessageElement =>
    element('TIMImageElem', {
      UUID: uuid,
      ImageFormat: 1,
      ImageInfoArray: [1, 2, 3].map((type) => ({
        Type: type,
        Size: Math.round((width * height) / (4 * type ** 2)),
        Width: Math.round(width / type),
        Height: Math.round(height / type),
        URL: `${mediaHost}/image/${uuid}?size=${type}`,
      })),
    }),

  file: (uuid: string, fileName: string, size = 48_213): MessageElement =>
    element('TIMFileElem', {
      Url: `${mediaHost}/file/${uuid}`,
      UUID: uuid,
      FileSize: size,
      FileName: fileName,
      Download_Flag: 2,
    }),

  video: (uuid: string, seconds: number, size = seconds * 200_000): MessageElement =>
    element('TIMVideoFileElem', {
      VideoUrl: `${mediaHost}/video/${uuid}`,
      VideoUUID: uuid,
      VideoSize: size,
      VideoSecond: seconds,
      VideoFormat: 'mp4',
      VideoDownloadFlag: 2,
      ThumbUrl: `${mediaHost}/thumb/${uuid}`,
      ThumbUUID: `${uuid}-thumb`,
      ThumbSize: 13_907,
      ThumbWidth: 720,
      ThumbHeight: 1280,
      ThumbFormat: 'JPG',
      ThumbDownloadFlag: 2,
    }),

  /** A merged message of up to 12 KB: its content is inline. */
  relay: (title: string, abstracts: readonly string[], messages: readonly RelayedMessage[]): MessageElement =>
    element('TIMRelayElem', { ...relayHead(title, abstracts, messages.length), MsgList: messages }),

  /** A merged message over 12 KB: only a key stands for its content. */
  relayByKey: (title: string, abstracts: readonly string[], count: number, key: string): MessageElement =>
    element('TIMRelayElem', { ...relayHead(title, abstracts, count), JsonMsgKey: key }),
};

function element(type: string, content: Record<string, unknown>): MessageElement {
  return { MsgType: type, MsgContent: content };
}

function relayHead(title: string, abstracts: readonly string[], count: number): Record<string, unknown> {
  return {
    Title: title,
    MsgNum: count,
    CompatibleText: 'Your version cannot show merged messages',
    AbstractList: abstracts,
  };
}
