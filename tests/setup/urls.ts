export interface DatabaseUrls {
  ownerUrl: string;
  webUrl: string;
  workerUrl: string;
  superuserUrl: string;
}

/** The same roles' addresses of another database of the same server. */
export function databaseUrls(urls: DatabaseUrls, database: string): DatabaseUrls {
  const other = (url: string) => url.replace(/\/[^/]+$/, `/${database}`);
  return {
    ownerUrl: other(urls.ownerUrl),
    webUrl: other(urls.webUrl),
    workerUrl: other(urls.workerUrl),
    superuserUrl: other(urls.superuserUrl),
  };
}
