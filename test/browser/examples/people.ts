/** People and clients whose names and addresses are as long as they come. */
export const EMAIL = 'anna-lena.storbacka-wallenqvist@utbildningsforvaltningen.norra-skolan.example';
export const LONG_CLIENT = 'Bedömningsstödet för gymnasieskolans svenska och engelska';
