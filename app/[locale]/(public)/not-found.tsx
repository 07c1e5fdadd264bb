export {
  NotFoundContent as default,
  notFoundMetadata as generateMetadata,
} from "@/components/shell/not-found-content";
