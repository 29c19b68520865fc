/** Pictures of 5 by 3 pixels, as Chromium writes them, without their colour profiles. */
const picture = (text: string) => Buffer.from(text, 'base64');

export const pictures = {
  png: picture(
    'iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAYAAABbNsX4AAAAM0lEQVR4AVyIQQ0AIAzEmhlAGi548iKoQAEuUMi2e+5yTZpa2/NXjFhfgyRUV3znkqgADgAA//+2Uz+dAAAABklEQVQDAHfED8G91yM+AAAAAElFTkSuQmCC',
  ),
  jpeg: picture(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAADAAUDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAYEAADAQEAAAAAAAAAAAAAAAAAARECIf/EABUBAQEAAAAAAAAAAAAAAAAAAAME/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AkenqWcU4oABED//Z',
  ),
  webp: picture('UklGRjgAAABXRUJQVlA4ICwAAACwAQCdASoFAAMABABoJaACdAEO/gLsAP4f4tYKiHXCSJuw7/xv9WvkyHAAAA=='),
  webpLossless: picture('UklGRiIAAABXRUJQVlA4TBYAAAAvBIAAAA9wOrs/PN3Mbf6jBWMQ0f8Q'),
  webpExtended: picture('UklGRjIAAABXRUJQVlA4WAoAAAAQAAAABAAAAgAAVlA4TBQAAAAvBIAAEA8w6uM11PMf8BiDiP6HAA=='),
};

/** The same PNG, saying that it is of another size: what a browser would unpack, the header alone says. */
export function pngOf(width: number, height: number): Buffer {
  const png = Buffer.from(pictures.png);
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}
