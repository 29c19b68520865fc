/** The units of settings. */
import { z } from 'zod';

export const seconds = z.int().positive();
export const days = z.int().positive();
