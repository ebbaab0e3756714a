export const MEDIA_TYPE = "image/bmp";
